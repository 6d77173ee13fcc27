"""Where articles come from: folders of front-matter files."""
