"""Files that somebody sent, read by a child process that may come to harm, and the workbooks that we write."""
