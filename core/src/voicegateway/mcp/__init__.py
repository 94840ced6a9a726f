"""Tools for models that look after a gateway (Model Context Protocol), over a pipe or HTTP."""
