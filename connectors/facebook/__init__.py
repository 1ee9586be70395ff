"""Facebook: posts, comments and Messenger messages of one Page."""
