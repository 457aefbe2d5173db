-- What the bot learns.

-- What the bot spends.
