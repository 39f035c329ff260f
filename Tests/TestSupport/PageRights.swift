package import Synchronization

/// Held by a test while it makes pages that can be written and executed, and by one that looks for such pages: both may
/// run at once in one process.
package let pageRights = Mutex(())
