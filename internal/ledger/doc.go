// Package ledger keeps the record of what was dispatched and what is reserved:
// the files in `.core/` that a budget is worked out from, read as fast as grep
// and written so that no crash and no second process loses or doubles a task.
//
// # Files
//
//   - dispatch.log, and dispatch-2026-02.log where it was rotated by month: one
//     line a dispatch, as package budget describes it. Only ever appended to,
//     under the lock, each line in one write and fsynced. A last line without
//     newline is first completed, if it is the beginning of a line that an open
//     reservation says is ours, else ended; one that a torn write may have cut
//     inside its last number or name is ended with " (torn)", so that it stays
//     unreadable.
//
//   - reservations.log: what is reserved, and how each reservation ended.
//     Append-only, a line each, fsynced:
//
//     2026-02-04T10:00:12Z held 5f0c… web-api #29 jules #118 @ada lines=0 sum=89abcdef
//     2026-02-04T10:00:15Z settled 5f0c… web-api #29 jules #118 @ada lines=0 sum=01234567
//
//     TIME STATE ID, then as in dispatch.log (MEMBER "-" where there is none);
//     lines is how many dispatches of that child the log held when it was
//     reserved, sum the CRC-32 of what stands before it. "released" ends a
//     reservation that was not spent. A line that ends in " torn" was cut by a
//     crash before anybody relied on it. When the file has grown large it is
//     rewritten with what is still open.
//
//   - dispatch.lock: held (flock) by whoever writes. It notes how long
//     reservations.log was, so that a shortened one is recognised.
//
//   - cache/*.tally: sums of each log, so that a second look need not read it.
//     Disposable: one that is missing, damaged or of another version is made
//     anew.
//
// Where reservations.log is missing or damaged nobody knows what is reserved,
// so everything that writes is refused with ErrReservations until
// `core dev budget reconcile` has rebuilt it.
//
// # Exactness
//
// A cache is trusted only for the file it was made from: same device, inode,
// size, modification and change time, and a change time older than the moment
// from which the file was watched. Everything else, an append of our own
// included, reads the log again.
package ledger
