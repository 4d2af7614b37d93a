"""A simulator of BizimHesap's B2B API."""
