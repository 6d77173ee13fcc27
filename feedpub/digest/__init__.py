"""The digest: frozen articles in, the blocks of mails and archive pages out; pure."""
