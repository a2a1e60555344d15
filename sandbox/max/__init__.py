"""MAX: the bot interface with channels, comments of their posts, private dialogues."""
