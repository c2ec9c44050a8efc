import Foundation
import Synchronization

internal import CMarkdown

/// libcmark-gfm: the one place that touches its pointers.
enum MarkdownTree {
    /// Renders a text in safe mode, after the tree's dangerous nodes have become what they say. `rewrite` may give another
    /// text for what is said outside of code and links.
    static func html(of markdown: String, rewrite: (String) -> String?) -> String {
        registration.withLock { _ in render(markdown, rewrite) }
    }

    /// cmark-gfm keeps the characters that start an extension's syntax in one global table: one text at a time.
    private static let registration = Mutex(cmark_gfm_core_extensions_ensure_registered())

    private typealias Node = OpaquePointer

    private static func render(_ markdown: String, _ rewrite: (String) -> String?) -> String {
        let options = CMARK_OPT_SAFE | CMARK_OPT_VALIDATE_UTF8
        guard let parser = unsafe cmark_parser_new(options) else { return "" }
        defer { unsafe cmark_parser_free(parser) }
        for name in ["table", "autolink", "strikethrough", "tasklist"] {
            if let syntax = unsafe cmark_find_syntax_extension(name) {
                unsafe cmark_parser_attach_syntax_extension(parser, syntax)
            }
        }
        unsafe cmark_parser_feed(parser, markdown, markdown.utf8.count)
        guard let document = unsafe cmark_parser_finish(parser) else { return "" }
        defer { unsafe cmark_node_free(document) }
        unsafe cmark_consolidate_text_nodes(document)
        let nodes = unsafe nodes(of: document)
        for i in unsafe nodes.indices { unsafe disarm(nodes[i], rewrite) }
        let extensions = unsafe cmark_parser_get_syntax_extensions(parser)
        guard let html = unsafe cmark_render_html(document, options, extensions) else { return "" }
        defer { unsafe free(html) }
        return unsafe String(cString: html)
    }

    /// The nodes to look at, children before their parents, so that one may be taken out while the others are still to come.
    private static func nodes(of document: Node) -> [Node] {
        guard let iterator = unsafe cmark_iter_new(document) else { return unsafe [] }
        defer { unsafe cmark_iter_free(iterator) }
        var nodes: [Node] = unsafe []
        while true {
            let event = unsafe cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE else { return unsafe nodes }
            guard let node = unsafe cmark_iter_get_node(iterator) else { continue }
            switch unsafe cmark_node_get_type(node) {
            // Leaves are entered, and never left.
            case CMARK_NODE_TEXT, CMARK_NODE_HTML_INLINE, CMARK_NODE_HTML_BLOCK:
                unsafe nodes.append(node)
            case CMARK_NODE_LINK, CMARK_NODE_IMAGE:
                if event == CMARK_EVENT_EXIT { unsafe nodes.append(node) }
            default: break
            }
        }
    }

    private static func disarm(_ node: Node, _ rewrite: (String) -> String?) {
        switch unsafe cmark_node_get_type(node) {
        case CMARK_NODE_TEXT:
            guard !(unsafe isInLink(node)), let text = unsafe rewrite(literal(of: node)) else { return }
            unsafe cmark_node_set_literal(node, text)
        case CMARK_NODE_HTML_INLINE:
            unsafe replace(node, withText: literal(of: node), in: nil)
        case CMARK_NODE_HTML_BLOCK:
            unsafe replace(node, withText: literal(of: node), in: cmark_node_new(CMARK_NODE_PARAGRAPH))
        case CMARK_NODE_IMAGE:
            unsafe unwrap(node)
        case CMARK_NODE_LINK:
            let target = unsafe cmark_node_get_url(node).map { unsafe String(cString: $0) } ?? ""
            if !isAllowed(target) { unsafe unwrap(node) }
        default: break
        }
    }

    /// Whether a link leads to the web or to mail. A browser skips white space and control characters in a scheme, so an address
    /// that has any is not believed.
    private static func isAllowed(_ target: String) -> Bool {
        let lower = target.lowercased()
        guard target.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return false }
        return ["http://", "https://", "mailto:"].contains { lower.hasPrefix($0) && lower.count > $0.count }
    }

    private static func isInLink(_ node: Node) -> Bool {
        var parent = unsafe cmark_node_parent(node)
        while let ancestor = unsafe parent {
            if unsafe cmark_node_get_type(ancestor) == CMARK_NODE_LINK { return true }
            unsafe parent = unsafe cmark_node_parent(ancestor)
        }
        return false
    }

    private static func literal(of node: Node) -> String {
        unsafe cmark_node_get_literal(node).map { unsafe String(cString: $0) } ?? ""
    }

    /// Puts the node's children in its place.
    private static func unwrap(_ node: Node) {
        while let child = unsafe cmark_node_first_child(node) {
            guard unsafe cmark_node_insert_before(node, child) != 0 else { break }
        }
        unsafe cmark_node_free(node)
    }

    private static func replace(_ node: Node, withText text: String, in block: Node?) {
        guard let leaf = unsafe cmark_node_new(CMARK_NODE_TEXT) else { return }
        unsafe cmark_node_set_literal(leaf, text)
        if let block = unsafe block {
            unsafe cmark_node_append_child(block, leaf)
            unsafe cmark_node_replace(node, block)
        } else {
            unsafe cmark_node_replace(node, leaf)
        }
        unsafe cmark_node_free(node)
    }
}
