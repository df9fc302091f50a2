"""What stands between a browser and the app: headers, files, downloads, health. It knows no page and counts nothing."""
