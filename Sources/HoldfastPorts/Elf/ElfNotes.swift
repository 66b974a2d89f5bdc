/// One note of a library.
struct ElfNote: Equatable {
  var name: String
  var type: UInt64
  var content: [UInt8]
}

/// All notes of a library: those of its segments, or of its sections if no segment has any.
func elfNotes(_ bytes: ElfBytes, _ header: ElfHeader) throws(ElfDamage) -> [ElfNote] {
  var notes: [ElfNote] = []
  for segment in header.segments where segment.type == ElfHeader.note {
    notes += try elfNotes(
      bytes, at: segment.offset, size: segment.size, alignment: segment.alignment)
  }
  if !notes.isEmpty || header.sectionOffset == 0 { return notes }
  for index in 0..<header.sectionCount {
    let place = try sum(header.sectionOffset, index * ElfHeader.sectionSize, in: "sections")
    _ = try bytes.slice(at: place, count: ElfHeader.sectionSize, in: "sections")
    guard try bytes.u32(at: place + 4, in: "sections") == noteSection else { continue }
    notes += try elfNotes(
      bytes, at: bytes.u64(at: place + 24, in: "sections"),
      size: bytes.u64(at: place + 32, in: "sections"),
      alignment: bytes.u64(at: place + 48, in: "sections"))
  }
  return notes
}

private let noteSection: UInt64 = 7

private func elfNotes(
  _ bytes: ElfBytes, at start: UInt64, size: UInt64, alignment: UInt64
) throws(ElfDamage) -> [ElfNote] {
  let part = "notes"
  let step: UInt64 = alignment == 8 ? 8 : 4
  var notes: [ElfNote] = []
  var place = start
  let end = try sum(start, size, in: part)
  while end - place >= 12 {
    let nameSize = try bytes.u32(at: place, in: part)
    let size = try bytes.u32(at: place + 4, in: part)
    let type = try bytes.u32(at: place + 8, in: part)
    let content = place + 12 + (nameSize + step - 1) / step * step
    var name = try bytes.slice(at: place + 12, count: nameSize, in: part)
    if name.last == 0 { name.removeLast() }
    notes.append(
      ElfNote(
        name: String(decoding: name, as: UTF8.self), type: type,
        content: try bytes.slice(at: content, count: size, in: part)))
    place = min(end, content + (size + step - 1) / step * step)
  }
  return notes
}
