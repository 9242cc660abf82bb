"""HTML text as a tree with places, and what a browser shows of it.

Nothing here knows Connectif, tags or rules.
"""
