"""What goes over the wire and is the same at several providers: XML fields, UBL, ZIPs, files, GİB's envelope codes."""
