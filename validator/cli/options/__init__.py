"""The options that several commands share, each group handed to a command as one value.

A group is an ``OptionGroup``; options of one command alone stand in the command's module.
"""
