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
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavformat libavcodec libswscale libavutil",
            providers: [
                .apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libavutil-dev"]), .brew(["ffmpeg"]),
            ]
        ),
        .systemLibrary(
            name: "CMarkdown",
            pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]
        ),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]),
        .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: swift),
        .target(name: "Weights", dependencies: ["Tensors"], swiftSettings: swift),
        .target(name: "Tokenization", swiftSettings: swift),
        .target(name: "Media", dependencies: ["CFFmpeg"], swiftSettings: swift),
        .target(name: "GLM", dependencies: ["Media", "Tensors", "Tokenization", "Weights"], swiftSettings: swift),
        .target(name: "Generation", dependencies: ["GLM", "Media", "Tensors", "Tokenization"], swiftSettings: swift),
        .target(
            name: "History",
            dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swift
        ),
        .target(
            name: "Server",
            dependencies: [
                "CMarkdown", "GLM", "Generation", "History", "Media", "Tokenization", "Weights",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "_NIOFileSystem", package: "swift-nio"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Public"],
            swiftSettings: swift
        ),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "GLM", "Generation", "History", "Media", "Server", "Tensors", "Tokenization", "Weights",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
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
            dependencies: ["Generation", "GLM", "Media", "Tensors", "TestSupport", "Tokenization", "Weights"],
            exclude: ["Golden"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "HistoryTests",
            dependencies: ["History", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swift
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "GLM", "Generation", "History", "Media", "Server", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swift
        ),
        .testTarget(name: "CLITests", dependencies: ["CLI", "TestSupport"], swiftSettings: swift),
    ]
)
