"""Compiles AWS's service models, as the pinned botocore ships them, for the C++ side.

Problem: the models are 424 compressed JSON files that no program should parse at its start.
Choice: two commands at build time. `pack` writes every service into one file of flat tables
(pack.py; the reader is src/model/pack.cc). `shapes` writes C++ structures for the operations in
src/services/served.txt (shapes.py; their machinery is src/model/shape_support.h). Output depends
on the inputs alone, and an unchanged file is left untouched so that nothing is rebuilt for it.
"""
