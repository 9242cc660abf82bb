"""What is wrong with a page: the schema check, the rules on top, and which finding hides which.

`evaluate` turns a Capture into a Result. No browser, no network, no files.
"""
