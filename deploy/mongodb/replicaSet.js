// Run by mongosh against the one member: makes the replica set, then waits for its primary.
// Repeatable. A set of one behaves as a larger one does: majority writes, retryable writes.
/* global db, rs, sleep, print, quit */
try {
  rs.status();
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  rs.initiate({ _id: 'durabill', members: [{ _id: 0, host: 'mongodb:27017' }] });
}

let tries = 60;
while (!db.hello().isWritablePrimary) {
  tries -= 1;
  if (tries === 0) {
    print('there is no primary');
    quit(1);
  }
  sleep(1000);
}
