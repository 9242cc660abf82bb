"""Evaluation of tags: schema violations and rules, without findings that follow from others.

`evaluate` turns a Capture into a Result. The rules themselves are in the subpackages `tag`, `page`
and `script`. No browser, no network and no files here.
"""
