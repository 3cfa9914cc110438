"""Two tags that only compilation writes: a link to be signed, and the open pixel. Authors do not have them."""

from collections.abc import Iterable
from html import escape, unescape
from typing import TextIO

from liquid import RenderContext
from liquid.ast import BlockNode, Node
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EOF, TOKEN_STRING, TOKEN_TAG, Token

from content.links import safe_target

LINK = "tracked_link"
PIXEL = "open_pixel"


class LinkNode(Node):
    """Renders its inside to a URL, and writes the one to be used instead of it."""

    __slots__ = ("inside", "name")

    def __init__(self, token: Token, name: str, inside: BlockNode) -> None:
        super().__init__(token)
        self.name = name
        self.inside = inside
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        inner = context.get_buffer(buffer)
        self.inside.render(context, inner)
        target = unescape(inner.getvalue()) if context.autoescape else inner.getvalue()
        tracking = getattr(context, "tracking", None)
        shown = tracking.link(target, self.name) if tracking else safe_target(target)
        return buffer.write(escape(shown) if context.autoescape else shown)

    def children(self, static_context: RenderContext, *, include_partials: bool = True) -> Iterable[Node]:
        yield self.inside


class LinkTag(Tag):
    name = LINK
    end = f"end{LINK}"

    def parse(self, stream: TokenStream) -> LinkNode:
        token = stream.eat(TOKEN_TAG)
        name = stream.into_inner(tag=token).eat(TOKEN_STRING).value
        inside = get_parser(self.env).parse_block(stream, frozenset((self.end, TOKEN_EOF)))
        stream.expect(TOKEN_TAG, value=self.end)
        return LinkNode(token, name, inside)


class PixelNode(Node):
    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        tracking = getattr(context, "tracking", None)
        if tracking is None:
            return 0
        source = escape(tracking.pixel())
        return buffer.write(f'<img src="{source}" width="1" height="1" alt="" style="display:block;border:0">')


class PixelTag(Tag):
    name = PIXEL
    block = False

    def parse(self, stream: TokenStream) -> PixelNode:
        return PixelNode(stream.expect(TOKEN_TAG))
