"""Bulk Data Access 2.0: resources of many patients, collected by a worker into files."""
