"""What pages are made of; each module belongs to one page, `basics` and `widgets` to all."""
