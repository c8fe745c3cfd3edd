"""Recognition of page images: preparation, scripts, engines."""
