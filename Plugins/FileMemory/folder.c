#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_LIMIT = 200, WHOLE_NAME_LIMIT = 160 };

/* Folders */

/* mkdir -p; a folder made here is for nobody else's eyes. */
static int make_folders(const char *path) {
  char part[PATH_MAX];
  size_t length = strlen(path);
  if (length >= sizeof part) return ENAMETOOLONG;
  for (size_t i = 1; i <= length; i++) {
    if (path[i] != '/' && path[i] != 0) continue;
    memcpy(part, path, i);
    part[i] = 0;
    if (mkdir(part, 0700) != 0 && errno != EEXIST) return errno;
  }
  return 0;
}

int folder_open(folder_t *folder, const char *path) {
  folder->pages = folder->keys = -1;
  snprintf(folder->path, sizeof folder->path, "%s", path);
  int failure = make_folders(path);
  if (failure) return failure;
  folder->pages = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder->pages < 0) return errno;
  if (mkdirat(folder->pages, HIDDEN, 0700) != 0 && errno != EEXIST) failure = errno;
  else folder->keys = openat(folder->pages, HIDDEN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder->keys < 0 && !failure) failure = errno;
  /* A folder that can be read only is found out now, not with the first batch. */
  if (!failure && faccessat(folder->pages, ".", W_OK, AT_EACCESS) != 0) failure = errno;
  if (failure) folder_close(folder);
  return failure;
}

void folder_close(folder_t *folder) {
  if (folder->keys >= 0) close(folder->keys);
  if (folder->pages >= 0) close(folder->pages);
  folder->pages = folder->keys = -1;
}

int page_name(hf_str_t scope, char name[NAME_SIZE]) {
  size_t length = 0;
  uint64_t print = 0xcbf29ce484222325u, other = 0;
  for (uint64_t i = 0; i < scope.len; i++) {
    unsigned char c = (unsigned char)scope.ptr[i];
    int is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-' || c == ':' || (c == '.' && i > 0);
    print = (print ^ c) * 0x100000001b3u;
    other = (other + c) * 0x9e3779b97f4a7c15u;
    other ^= other >> 29;
    if (length > NAME_LIMIT) continue;
    if (is_plain) name[length++] = (char)c;
    else length += (size_t)sprintf(name + length, "%%%02X", c);
  }
  name[length] = 0;
  if (length <= NAME_LIMIT) return 1;
  snprintf(name + WHOLE_NAME_LIMIT, NAME_SIZE - WHOLE_NAME_LIMIT, "~%016" PRIx64 "%016" PRIx64,
           print, other);
  return 0;
}

void page_file(const char *name, char file[FILE_NAME_SIZE]) {
  snprintf(file, FILE_NAME_SIZE, "%s.md", name);
}

void keys_file(const char *name, char file[FILE_NAME_SIZE]) {
  snprintf(file, FILE_NAME_SIZE, "%s.keys", name);
}

/* Files */

int open_file(int folder, const char *name, int flags, struct stat *status) {
  int file = openat(folder, name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  int failure = fstat(file, status) != 0 ? errno : S_ISREG(status->st_mode) ? 0 : EINVAL;
  if (!failure) return file;
  close(file);
  errno = failure;
  return -1;
}

int read_part(int file, off_t start, size_t length, buffer_t *content) {
  if (!buffer_reserve(content, length)) return ENOMEM;
  for (size_t done = 0; done < length;) {
    ssize_t got = pread(file, content->bytes + content->length, length - done,
                        start + (off_t)done);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    content->length += (size_t)got;
    done += (size_t)got;
  }
  return 0;
}

int read_file(int folder, const char *name, buffer_t *content, struct stat *status) {
  memset(status, 0, sizeof *status);
  int file = open_file(folder, name, O_RDONLY, status);
  if (file < 0) return errno == ENOENT ? 0 : errno;
  int failure = read_part(file, 0, (size_t)status->st_size, content);
  close(file);
  return failure;
}

static int write_all(int file, const buffer_t *bytes) {
  for (size_t at = 0; at < bytes->length;) {
    ssize_t written = write(file, bytes->bytes + at, bytes->length - at);
    if (written > 0) at += (size_t)written;
    else if (written == 0) return ENOSPC;
    else if (errno != EINTR) return errno;
  }
  return 0;
}

/* A person's last line may lack its end. */
static int end_line(int file, off_t size) {
  static const buffer_t line_end = {.bytes = "\n", .length = 1};
  char last = '\n';
  if (size > 0 && pread(file, &last, 1, size - 1) < 0) return errno;
  return last == '\n' ? 0 : write_all(file, &line_end);
}

int append(int folder, const char *name, const buffer_t *head, const buffer_t *bytes,
           int *is_restored) {
  struct stat status;
  *is_restored = 1;
  int file = open_file(folder, name, O_RDWR | O_APPEND | O_CREAT, &status);
  if (file < 0) return errno;
  int failure = end_line(file, status.st_size);
  if (!failure && status.st_size == 0) failure = write_all(file, head);
  if (!failure) failure = write_all(file, bytes);
  /* A new file is on the disk when its folder is. */
  if (!failure && fsync(file) != 0) failure = errno;
  if (!failure && status.st_size == 0 && fsync(folder) != 0) failure = errno;
  if (failure) *is_restored = ftruncate(file, status.st_size) == 0 && fsync(file) == 0;
  close(file);
  return failure;
}

int is_same_file(const struct stat *one, const struct stat *other) {
  return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
         one->st_size == other->st_size && one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
         one->st_mtim.tv_nsec == other->st_mtim.tv_nsec;
}

static int put_in_place(int folder, const char *made, const char *name, const struct stat *status) {
  struct stat now;
  if (fstatat(folder, name, &now, 0) != 0) return errno == ENOENT ? EAGAIN : errno;
  if (!is_same_file(&now, status)) return EAGAIN;
  if (renameat(folder, made, folder, name) != 0) return errno;
  return fsync(folder) != 0 ? errno : 0;
}

int replace(int folder, const char *name, const buffer_t *content, const struct stat *status) {
  char made[FILE_NAME_SIZE + 8];
  struct stat ignored;
  snprintf(made, sizeof made, "%s.new", name);
  int file = open_file(folder, made, O_WRONLY | O_CREAT | O_TRUNC, &ignored);
  if (file < 0) return errno;
  int failure = write_all(file, content);
  if (!failure && fchmod(file, status->st_mode & 0777) != 0) failure = errno;
  if (!failure && fsync(file) != 0) failure = errno;
  close(file);
  if (!failure) failure = put_in_place(folder, made, name, status);
  if (failure) unlinkat(folder, made, 0);
  return failure;
}
