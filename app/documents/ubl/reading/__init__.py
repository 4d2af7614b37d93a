"""From UBL-TR to an invoice: the other way of `writing`, module by module.

`faturaflow ubl build` needs it: `read_back` compares what is read from the XML with what it was built of.
"""
