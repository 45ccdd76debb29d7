// Package seed answers for what the embedded GitHub holds when it is new: the
// fleets a server can be opened with. It knows no HTTP and no rules of GitHub;
// it tells the world, in order of time, what people once did there.
//
// # Fleets
//
//   - mission: the sixteen repositories of the inventory table with exactly its
//     counts, and the .core/ files that go with them. The texts lie in
//     data/mission, a folder a repository.
//   - scale:REPOSxISSUES: that many repositories with that many issues each,
//     every name, number and text drawn from the seed.
//   - empty: an organisation, its people and no repository.
//
// One name and one seed always give the same world, whatever the machine;
// times count back from the world's clock.
//
// # Adding a fleet
//
// Write texts as records (see parseRecords), one folder a repository, or draw
// them; turn them into items (item is one issue or pull request with all that
// happened to it); give the items of each repository to script.repository,
// which numbers them by age, and run the script. Then add the fleet's name to
// Fleet. Nothing else knows the names.
package seed
