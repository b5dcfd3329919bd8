"""A review of a few paragraphs, for tests that need a whole one."""

from __future__ import annotations

REVIEW = """---
title: Peers at Work
author: A. Writer
date: 2023-04-05
---

# Peers at Work

## Introduction

Peer support is growing in hospitals (Tseris, 2020). A peer support worker (PSW) has lived experience of illness. \
Quality of life is what many PSWs hope to improve.

## Challenges

There are many challenges that PSWs face, such as inadequate hours, low pay, and unclear roles. These challenges \
differ between hospitals.

Inadequate hours were a challenge for PSWs (Tseris, 2020). Moll et al. found that few hours make it hard to join the \
staff (2009). *Limited* hours may limit the pay of PSWs.

Keeping boundaries with consumers was another challenge (Moll et al., 2009; Nobody, 1999).

## Benefits

Consumers who met a PSW took their medication more often (Moll et al., 2009). They also felt less alone.

## References

Moll, S., Holmes, J., & Sherman, D. (2009). Work transitions for peer providers. *Work*, 33(4), 449–458. \
https://doi.org/10.3233/WOR-2009-0893

Tseris, E. (2020). The expansion of the peer adviser workforce. *Australian Social Work*, 73(2), 162–174. \
https://doi.org/10.1080/0312407X.2019.1675734
"""
