import Eval
import Foundation
import Synchronization
import Testing

@Suite struct OrderedQueueTests {
  /// Whoever is ready first, values come in order, and not too many are made ahead.
  @Test func valuesComeInOrderAndNotTooEarly() {
    let made = Mutex(0)
    let queue = OrderedQueue(count: 50, threads: 4, capacity: 6) { index in
      if index.isMultiple(of: 3) { Thread.sleep(forTimeInterval: 0.002) }
      made.withLock { $0 += 1 }
      return index
    }
    for index in 0..<50 {
      #expect(made.withLock { $0 } <= index + 6)
      #expect(queue.next() == index)
    }
    #expect(queue.next() == nil)
  }

  @Test func nothingComesAfterACancellation() {
    let made = Mutex(0)
    let queue = OrderedQueue(count: 1_000, threads: 2, capacity: 3) { index in
      made.withLock { $0 += 1 }
      return index
    }
    #expect(queue.next() == 0)
    queue.cancel()
    #expect(queue.next() == nil)
    #expect(made.withLock { $0 } < 1_000)
  }

  @Test func nothingIsMadeOfNothing() {
    #expect(OrderedQueue(count: 0, threads: 3, capacity: 1) { $0 }.next() == nil)
  }
}
