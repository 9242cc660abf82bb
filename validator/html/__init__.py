"""HTML text as a tree with places, and what a browser shows of it.

``pages`` parses a page as it was sent, ``serialised`` what a browser wrote of its own document,
and both make the tree of ``dom``. Nothing here knows Connectif, tags or rules.
"""
