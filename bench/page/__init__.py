"""How light the dashboard is in Chromium while it shows a thousand servers."""
