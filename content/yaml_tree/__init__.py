"""Reads YAML into nodes that know where they stand. Only what JSON can say: no anchors, no tags, no merge keys."""

from content.yaml_tree.nodes import Mark, Node
from content.yaml_tree.quick import quick_nodes

__all__ = ["Mark", "Node", "read_nodes"]


def read_nodes(text: str) -> list[Node]:
    """The root of each document in the text. Raises InvalidDocument with lines and columns."""
    nodes = quick_nodes(text)
    if nodes is None:
        from content.yaml_tree.thorough import thorough_nodes  # most texts do not need it, and start faster without

        nodes = thorough_nodes(text)
    return nodes
