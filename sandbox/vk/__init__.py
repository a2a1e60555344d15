"""VK in its wire format: https://dev.vk.com, schema version 5.199."""
