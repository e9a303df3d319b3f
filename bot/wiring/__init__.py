"""Where adapters meet services, a subject a module; ``bot.app`` alone puts them together."""
