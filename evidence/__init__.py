"""The anonymised side: questions and answers, charts, and who may see what. It opens safe figures and nothing else."""
