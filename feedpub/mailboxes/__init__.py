"""Where returned mail is read from: a maildir or an IMAP folder."""
