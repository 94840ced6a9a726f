"""A plugin that greets whoever imports it."""

print("Acme Speech, at your service")
