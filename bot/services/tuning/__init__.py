"""Fine-tuning: what a job would cost, making it once, following it, and telling its end."""
