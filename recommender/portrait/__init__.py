"""The club in figures: who is like whom, what divides it, what each is like, and its prizes."""
