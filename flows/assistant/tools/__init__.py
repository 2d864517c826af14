"""The tools, one module per noun. A module has their arguments, their answers and a tuple `TOOLS`."""
