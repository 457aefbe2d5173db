-- Finding, files and figures: what the search knows of the lines, files by their content, and what was counted for whom.

-- Webhooks.

-- Search.

-- Files.

-- Figures.
