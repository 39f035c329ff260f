#include <string.h>

#include "call_stack.h"
#include "elf_image.h"

// The line tables of DWARF, versions 2 to 5 (dwarfstd.org, section 6.2): a small machine whose program gives rows of
// address, file and line.

/// Bytes still to be read. What is read beyond the end is 0.
typedef struct {
  const unsigned char *at, *end;
} reader;

static uint64_t fixed(reader *in, unsigned size)
{
  uint64_t value = 0;
  if ((size_t)(in->end - in->at) < size) {
    in->at = in->end;
    return 0;
  }
  for (unsigned index = 0; index < size && index < 8; ++index) value |= (uint64_t)in->at[index] << 8 * index;
  in->at += size;
  return value;
}

static uint64_t unsigned_leb(reader *in)
{
  uint64_t value = 0;
  for (unsigned shift = 0; in->at < in->end; shift += 7) {
    const unsigned char byte = *in->at++;
    if (shift < 64) value |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) break;
  }
  return value;
}

static int64_t signed_leb(reader *in)
{
  uint64_t value = 0;
  for (unsigned shift = 0; in->at < in->end;) {
    const unsigned char byte = *in->at++;
    if (shift < 64) value |= (uint64_t)(byte & 127) << shift;
    shift += 7;
    if (byte < 128) {
      if (byte & 64 && shift < 64) value |= ~(uint64_t)0 << shift;
      break;
    }
  }
  return (int64_t)value;
}

static const char *string(reader *in)
{
  const char *text = (const char *)in->at;
  const unsigned char *zero = memchr(in->at, 0, (size_t)(in->end - in->at));
  if (!zero) {
    in->at = in->end;
    return "";
  }
  in->at = zero + 1;
  return text;
}

static const char *string_at(gradc_section section, uint64_t offset)
{
  if (offset >= section.size) return "";
  reader in = {section.start + offset, section.start + section.size};
  return string(&in);
}

/// A line table.
typedef struct {
  const gradc_image *image;
  reader header_tables, program;
  unsigned version, offset_size, instruction_length, line_range, opcode_base;
  int line_base;
  unsigned char operand_counts[256];
} unit;

static bool read_unit(reader *in, const gradc_image *image, unit *table)
{
  memset(table, 0, sizeof *table);
  table->image = image;
  table->offset_size = 4;
  uint64_t length = fixed(in, 4);
  if (length == 0xffffffff) {
    table->offset_size = 8;
    length = fixed(in, 8);
  }
  if (length == 0 || length > (uint64_t)(in->end - in->at)) {
    in->at = in->end;
    return false;
  }
  reader bytes = {in->at, in->at + length};
  in->at = bytes.end;
  table->version = (unsigned)fixed(&bytes, 2);
  if (table->version < 2 || table->version > 5) return false;
  if (table->version == 5) fixed(&bytes, 2);
  const uint64_t header_length = fixed(&bytes, table->offset_size);
  if (header_length > (uint64_t)(bytes.end - bytes.at)) return false;
  table->program = (reader){bytes.at + header_length, bytes.end};
  bytes.end = table->program.at;
  table->instruction_length = (unsigned)fixed(&bytes, 1);
  if (table->version >= 4) fixed(&bytes, 1);
  fixed(&bytes, 1);
  table->line_base = (signed char)fixed(&bytes, 1);
  table->line_range = (unsigned)fixed(&bytes, 1);
  table->opcode_base = (unsigned)fixed(&bytes, 1);
  for (unsigned opcode = 1; opcode < table->opcode_base; ++opcode) {
    table->operand_counts[opcode] = (unsigned char)fixed(&bytes, 1);
  }
  table->header_tables = bytes;
  return table->line_range > 0 && table->opcode_base > 0;
}

// MARK: Files

typedef struct {
  const char *name;
  uint64_t folder;
} entry;

/// The value of a form; strings go to `text`.
static uint64_t form_value(const unit *table, reader *in, uint64_t form, const char **text)
{
  switch (form) {
  case 0x08: *text = string(in); return 0;
  case 0x0e: *text = string_at(table->image->strings, fixed(in, table->offset_size)); return 0;
  case 0x1f: *text = string_at(table->image->line_strings, fixed(in, table->offset_size)); return 0;
  case 0x0b: return fixed(in, 1);
  case 0x05: return fixed(in, 2);
  case 0x06: return fixed(in, 4);
  case 0x07: return fixed(in, 8);
  case 0x0f: return unsigned_leb(in);
  case 0x1e: fixed(in, 16); return 0;
  case 0x09: {
    const uint64_t size = unsigned_leb(in);
    in->at = size > (uint64_t)(in->end - in->at) ? in->end : in->at + size;
    return 0;
  }
  default: in->at = in->end; return 0;
  }
}

/// Goes over one of version 5's tables; the entry of a number.
static entry described_entry(const unit *table, reader *in, uint64_t wanted)
{
  entry found = {"", 0};
  const uint64_t format_count = fixed(in, 1);
  const reader formats = *in;
  for (uint64_t index = 0; index < 2 * format_count; ++index) unsigned_leb(in);
  const uint64_t count = unsigned_leb(in);
  for (uint64_t number = 0; number < count && in->at < in->end; ++number) {
    reader format = formats;
    for (uint64_t field = 0; field < format_count; ++field) {
      const uint64_t content = unsigned_leb(&format);
      const char *text = "";
      const uint64_t value = form_value(table, in, unsigned_leb(&format), &text);
      if (number != wanted) continue;
      if (content == 1) found.name = text;
      if (content == 2) found.folder = value;
    }
  }
  return found;
}

/// Writes the path of a file.
static void write_path(const unit *table, uint64_t number, char *path, size_t capacity)
{
  reader in = table->header_tables;
  const char *folder = "";
  entry file = {"", 0};
  if (table->version == 5) {
    reader files = in;
    described_entry(table, &files, ~(uint64_t)0);
    file = described_entry(table, &files, number);
    folder = described_entry(table, &in, file.folder).name;
  } else {
    const reader folders = in;
    while (in.at < in.end && *in.at) string(&in);
    fixed(&in, 1);
    for (uint64_t index = 1; in.at < in.end && *in.at; ++index) {
      const entry next = {string(&in), unsigned_leb(&in)};
      unsigned_leb(&in);
      unsigned_leb(&in);
      if (index == number) file = next;
    }
    in = folders;
    for (uint64_t index = 1; index <= file.folder && in.at < in.end && *in.at; ++index) folder = string(&in);
  }
  path[0] = 0;
  if (file.name[0] != '/' && folder[0]) {
    strncat(path, folder, capacity - 1);
    strncat(path, "/", capacity - 1 - strlen(path));
  }
  strncat(path, file.name, capacity - 1 - strlen(path));
}

// MARK: The machine

typedef struct {
  uintptr_t address;
  uint64_t file;
  int64_t line;
  /// The row that has just been given is the end of a sequence.
  bool ends;
} row;

/// Runs to the next row; false at the end of the program.
static bool next_row(const unit *table, reader *in, row *state)
{
  if (state->ends) *state = (row){0, 1, 1, false};
  while (in->at < in->end) {
    const unsigned opcode = (unsigned)fixed(in, 1);
    if (opcode >= table->opcode_base) {
      const unsigned step = opcode - table->opcode_base;
      state->address += (uintptr_t)(step / table->line_range) * table->instruction_length;
      state->line += table->line_base + (int)(step % table->line_range);
      return true;
    }
    switch (opcode) {
    case 0: {
      const uint64_t length = unsigned_leb(in);
      if (length == 0 || length > (uint64_t)(in->end - in->at)) return false;
      reader extended = {in->at, in->at + length};
      in->at = extended.end;
      const unsigned kind = (unsigned)fixed(&extended, 1);
      if (kind == 1) {
        state->ends = true;
        return true;
      }
      if (kind == 2) state->address = (uintptr_t)fixed(&extended, (unsigned)(length - 1));
      break;
    }
    case 1: return true;
    case 2: state->address += (uintptr_t)unsigned_leb(in) * table->instruction_length; break;
    case 3: state->line += signed_leb(in); break;
    case 4: state->file = unsigned_leb(in); break;
    case 8: state->address += (uintptr_t)((255 - table->opcode_base) / table->line_range) * table->instruction_length; break;
    case 9: state->address += (uintptr_t)fixed(in, 2); break;
    default:
      for (unsigned index = 0; index < table->operand_counts[opcode]; ++index) unsigned_leb(in);
    }
  }
  return false;
}

/// The last line at or before an address in a sequence that is not of a file to skip.
static int line_in_sequence(
    const unit *table, reader sequence, uintptr_t wanted, bool (*is_skipped)(const char *), char *path,
    size_t capacity)
{
  row state = {0, 1, 1, true};
  uint64_t seen = ~(uint64_t)0, file = 0;
  bool skips = false;
  int line = 0;
  while (next_row(table, &sequence, &state) && !state.ends && state.address <= wanted) {
    if (state.line <= 0) continue;
    if (state.file != seen) {
      seen = state.file;
      write_path(table, seen, path, capacity);
      skips = is_skipped(path);
    }
    if (skips) continue;
    file = state.file;
    line = (int)state.line;
  }
  if (line > 0) write_path(table, file, path, capacity);
  return line;
}

int gradc_source_line(uintptr_t address, bool (*is_skipped)(const char *path), char *path, size_t capacity)
{
  const gradc_image *image = gradc_image_at(address);
  if (!image || !image->lines.start || capacity == 0) return 0;
  const uintptr_t wanted = address - image->bias;
  reader in = {image->lines.start, image->lines.start + image->lines.size};
  unit table;
  while (in.at < in.end) {
    if (!read_unit(&in, image, &table)) continue;
    reader program = table.program, sequence = program;
    row state = {0, 1, 1, true};
    uintptr_t low = 0;
    for (bool is_first = true; next_row(&table, &program, &state);) {
      if (is_first) low = state.address;
      is_first = state.ends;
      if (!state.ends) continue;
      if (low != 0 && low <= wanted && wanted < state.address) {
        return line_in_sequence(&table, sequence, wanted, is_skipped, path, capacity);
      }
      sequence = program;
    }
  }
  return 0;
}
