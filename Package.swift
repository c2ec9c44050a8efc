// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "glimpse",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "glimpse", targets: ["CLI"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavformat libavcodec libswscale libavutil",
            providers: [
                .apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libavutil-dev"]), .brew(["ffmpeg"]),
            ]
        ),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]),
        .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: swift),
        .target(name: "Weights", dependencies: ["Tensors"], swiftSettings: swift),
        .target(name: "Tokenization", swiftSettings: swift),
        .target(name: "Media", dependencies: ["CFFmpeg"], swiftSettings: swift),
        .target(name: "GLM", dependencies: ["Media", "Tensors", "Tokenization", "Weights"], swiftSettings: swift),
        .target(name: "Generation", dependencies: ["GLM", "Tensors", "Tokenization"], swiftSettings: swift),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Generation", "GLM", "Media", "Tensors", "Tokenization", "Weights",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift
        ),
        .target(
            name: "KernelTwins",
            dependencies: ["CKernels"],
            path: "Tests/KernelTwins",
            exclude: ["emulated", "main.c"]
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Tensors", "Weights"],
            path: "Tests/TestSupport",
            swiftSettings: swift
        ),
        .testTarget(
            name: "TensorsTests",
            dependencies: ["CKernels", "KernelTwins", "Tensors", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "WeightsTests",
            dependencies: ["Tensors", "Weights"],
            resources: [.copy("Golden")],
            swiftSettings: swift
        ),
        .testTarget(
            name: "TokenizationTests",
            dependencies: ["Tokenization"],
            resources: [.copy("Golden")],
            swiftSettings: swift
        ),
        .testTarget(name: "MediaTests", dependencies: ["Media"], resources: [.copy("Golden")], swiftSettings: swift),
        .testTarget(
            name: "GLMTests",
            dependencies: ["GLM", "Media", "Tensors", "TestSupport", "Tokenization", "Weights"],
            exclude: ["Golden"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "GenerationTests",
            dependencies: ["Generation", "GLM", "TestSupport", "Tokenization"],
            exclude: ["Golden"],
            swiftSettings: swift
        ),
        .testTarget(name: "CLITests", dependencies: ["CLI", "TestSupport"], swiftSettings: swift),
    ]
)
