"""A month that never was: calls of made-up companies on made-up models, for trying things out.

The same seed and the same end make the same month. Nothing in it is anybody's price or speed.
"""
