import Foundation

/// Values that threads make ahead of their use, handed out in order.
///
/// No more than `capacity` are made or waiting at a time, so that memory stays bounded however much
/// slower the one who takes them is.
package final class OrderedQueue<Value: Sendable>: @unchecked Sendable {
  // All of these are read and written under `condition`.
  private var ready: [Int: Value] = [:]
  private var claimed = 0
  private var taken = 0
  private var isCancelled = false

  private let condition = NSCondition()
  private let count: Int
  private let capacity: Int
  private let make: @Sendable (Int) -> Value

  /// Starts `threads` threads that make the values 0 to `count` - 1.
  ///
  /// - Precondition: `threads` and `capacity` are positive.
  package init(count: Int, threads: Int, capacity: Int, make: @escaping @Sendable (Int) -> Value) {
    precondition(threads > 0 && capacity > 0)
    self.count = count
    self.capacity = capacity
    self.make = make
    for _ in 0..<min(threads, count) {
      let thread = Thread { [self] in work() }
      thread.start()
    }
  }

  /// The next value; nil after the last, and after ``cancel()``.
  package func next() -> Value? {
    condition.lock()
    defer { condition.unlock() }
    while !isCancelled && taken < count {
      if let value = ready.removeValue(forKey: taken) {
        taken += 1
        condition.broadcast()
        return value
      }
      condition.wait()
    }
    return nil
  }

  /// Lets the threads end; values that are not taken yet are lost.
  package func cancel() {
    condition.lock()
    isCancelled = true
    condition.broadcast()
    condition.unlock()
  }

  private func work() {
    while let index = claim() {
      let value = make(index)
      condition.lock()
      ready[index] = value
      condition.broadcast()
      condition.unlock()
    }
  }

  /// The next value to make; nil where there is none.
  private func claim() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isCancelled && claimed < count && claimed >= taken + capacity { condition.wait() }
    if isCancelled || claimed >= count { return nil }
    claimed += 1
    return claimed - 1
  }
}
