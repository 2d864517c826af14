"""Pages and feeds over the network: politely, within bounds, from public addresses."""
