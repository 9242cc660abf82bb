"""Finding, installing, starting and configuring Chromium and Playwright's driver."""
