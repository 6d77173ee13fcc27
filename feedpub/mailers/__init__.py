"""How mail leaves: SMTP, a maildir, the sendmail command, or a folder for rehearsals."""
