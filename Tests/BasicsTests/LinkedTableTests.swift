import Basics
import Testing

@Suite struct LinkedTableTests {
  @Test func keysKeepTheirFirstValue() {
    var table = LinkedTable<[Int], String>()
    for number in 0..<500 {
      let (value, isNew) = table.value(of: [number % 100, 7], orNew: "\(number)")
      #expect(isNew == (number < 100))
      #expect(value == "\(number % 100)")
    }
    #expect(table.count == 100 && table.keys == (0..<100).map { [$0, 7] })
    #expect(table[[99, 7]] == "99" && table[[100, 7]] == nil)
  }

  /// Through growth, too.
  @Test func whatCameLastIsTakenOut() {
    var table = LinkedTable<Int, Int>()
    for key in 0..<10 { _ = table.value(of: key, orNew: key) }
    for key in 10..<300 { _ = table.value(of: key, orNew: key) }
    table.removeAll(after: 10)
    for key in 0..<300 { #expect(table[key] == (key < 10 ? key : nil)) }
    for key in 5..<40 { #expect(table.value(of: key, orNew: -key).isNew == (key >= 10)) }
    #expect(table[9] == 9 && table[10] == -10)
    table.removeAll(after: 0)
    #expect(table.count == 0 && table[0] == nil)
  }
}
