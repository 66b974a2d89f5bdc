#include "ctestvfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

typedef struct layer {
  sqlite3_vfs vfs;
  struct layer *next;
  record_t *records;
  int is_off;
  long calls, cut_at, largest_log;
  uint64_t seed;
  ctestvfs_fault_t fault;
  long fail_from, fail_count;
  void (*when_cut)(const char *path);
} layer_t;

typedef struct {
  sqlite3_file base;
  layer_t *layer;
  record_t *record; /* NULL for a file without a name */
  int is_log;
  long failures_seen; /* failed syncs of the file that this opening of it was told of */
  sqlite3_file *real;
} file_t;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static layer_t *layers;

static layer_t *find(const char *name) {
  for (layer_t *layer = layers; layer; layer = layer->next)
    if (!strcmp(layer->vfs.zName, name)) return layer;
  abort();
}

static sqlite3_vfs *below(sqlite3_vfs *vfs) { return vfs->pAppData; }
static sqlite3_file *real(sqlite3_file *file) { return ((file_t *)file)->real; }

static void turn_off(layer_t *layer, const char *path) {
  if (layer->is_off) return;
  layer->is_off = 1;
  for (record_t *r = layer->records; r; r = r->next) record_lose(r, &layer->seed);
  if (layer->when_cut) layer->when_cut(path);
}

/* Counts a call; whether it is the one at which the power goes. */
static int is_lost(const file_t *file) {
  layer_t *layer = file->layer;
  layer->calls++;
  if (layer->cut_at && layer->calls >= layer->cut_at)
    turn_off(layer, file->record ? file->record->path : NULL);
  return layer->is_off;
}

static int must_fail(layer_t *layer, int is_sync) {
  int is_of_sync = layer->fault == CTESTVFS_SYNC_ERROR || layer->fault == CTESTVFS_SYNC_LIE;
  if (layer->fail_count == 0 || is_sync != is_of_sync) return 0;
  if (layer->fail_from > 1) {
    layer->fail_from--;
    return 0;
  }
  layer->fail_count--;
  return 1;
}

static int put(file_t *file, const void *bytes, int count, sqlite3_int64 offset) {
  if (file->record) {
    int status = record_write(file->record, file->real, bytes, count, offset);
    if (status != SQLITE_OK) return status;
  }
  if (file->is_log && offset + count > file->layer->largest_log)
    file->layer->largest_log = (long)(offset + count);
  return file->real->pMethods->xWrite(file->real, bytes, count, offset);
}

static int write_locked(file_t *file, const void *bytes, int count, sqlite3_int64 offset) {
  if (is_lost(file)) return SQLITE_IOERR_WRITE;
  if (must_fail(file->layer, 0)) {
    if (file->layer->fault == CTESTVFS_WRITE_ERROR) return SQLITE_IOERR_WRITE;
    if (file->layer->fault == CTESTVFS_WRITE_SHORT) put(file, bytes, count / 2, offset);
    return SQLITE_FULL;
  }
  return put(file, bytes, count, offset);
}

static int x_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
  pthread_mutex_lock(&mutex);
  int status = write_locked((file_t *)base, bytes, count, offset);
  pthread_mutex_unlock(&mutex);
  return status;
}

/* Nothing is really synced: the tests would wait for the disk, and learn nothing from it. */
static int sync_locked(file_t *file) {
  if (is_lost(file)) return SQLITE_IOERR_FSYNC;
  int fails = must_fail(file->layer, 1);
  if (fails && file->layer->fault == CTESTVFS_SYNC_LIE) return SQLITE_OK;
  record_t *record = file->record;
  if (!record) return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  record_sync(record, fails);
  record->failed_syncs += fails;
  /* As Linux does, each opening of a file is told once of a sync that failed by another one, since
   * what it wrote itself may be lost with that. */
  int is_news = file->failures_seen != record->failed_syncs;
  file->failures_seen = record->failed_syncs;
  return is_news ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int x_sync(sqlite3_file *base, int flags) {
  (void)flags;
  pthread_mutex_lock(&mutex);
  int status = sync_locked((file_t *)base);
  pthread_mutex_unlock(&mutex);
  return status;
}

static int truncate_locked(file_t *file, sqlite3_int64 size) {
  if (file->layer->is_off) return SQLITE_IOERR_TRUNCATE;
  if (file->record) {
    int status = record_truncate(file->record, file->real, size);
    if (status != SQLITE_OK) return status;
  }
  return file->real->pMethods->xTruncate(file->real, size);
}

static int x_truncate(sqlite3_file *base, sqlite3_int64 size) {
  pthread_mutex_lock(&mutex);
  int status = truncate_locked((file_t *)base, size);
  pthread_mutex_unlock(&mutex);
  return status;
}

static int x_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
  pthread_mutex_lock(&mutex);
  int is_off = ((file_t *)base)->layer->is_off;
  int status =
    is_off ? SQLITE_IOERR_READ : real(base)->pMethods->xRead(real(base), bytes, count, offset);
  pthread_mutex_unlock(&mutex);
  return status;
}

static int x_close(sqlite3_file *base) {
  int status = real(base)->pMethods->xClose(real(base));
  base->pMethods = NULL;
  return status;
}

static int x_file_size(sqlite3_file *f, sqlite3_int64 *size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}
static int x_lock(sqlite3_file *f, int kind) { return real(f)->pMethods->xLock(real(f), kind); }
static int x_unlock(sqlite3_file *f, int kind) { return real(f)->pMethods->xUnlock(real(f), kind); }
static int x_check_reserved(sqlite3_file *f, int *out) {
  return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
static int x_control(sqlite3_file *f, int what, void *argument) {
  return real(f)->pMethods->xFileControl(real(f), what, argument);
}
static int x_sector_size(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int x_characteristics(sqlite3_file *f) {
  return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
static int x_shm_map(sqlite3_file *f, int page, int bytes, int extend, void volatile **out) {
  return real(f)->pMethods->xShmMap(real(f), page, bytes, extend, out);
}
static int x_shm_lock(sqlite3_file *f, int offset, int count, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, count, flags);
}
static void x_shm_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int x_shm_unmap(sqlite3_file *f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const sqlite3_io_methods methods = {
  2, x_close, x_read, x_write, x_truncate, x_sync, x_file_size, x_lock, x_unlock,
  x_check_reserved, x_control, x_sector_size, x_characteristics, x_shm_map, x_shm_lock,
  x_shm_barrier, x_shm_unmap, NULL, NULL,
};

static record_t *record_of(layer_t *layer, const char *path) {
  for (record_t *r = layer->records; r; r = r->next)
    if (!strcmp(r->path, path)) return r;
  record_t *record = calloc(1, sizeof *record);
  if (!record) return NULL;
  record->path = strdup(path);
  record->next = layer->records;
  layer->records = record;
  return record;
}

static int x_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
  file_t *file = (file_t *)base;
  file->layer = (layer_t *)vfs;
  file->real = (sqlite3_file *)(file + 1);
  file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  base->pMethods = NULL;
  pthread_mutex_lock(&mutex);
  int status = SQLITE_CANTOPEN;
  if (!file->layer->is_off) {
    status = below(vfs)->xOpen(below(vfs), path, file->real, flags, out);
    file->record = path ? record_of(file->layer, path) : NULL;
    file->failures_seen = file->record ? file->record->failed_syncs : 0;
  }
  pthread_mutex_unlock(&mutex);
  if (status == SQLITE_OK) base->pMethods = &methods;
  return status;
}

static int x_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
  pthread_mutex_lock(&mutex);
  layer_t *layer = (layer_t *)vfs;
  int status = SQLITE_IOERR_DELETE;
  if (!layer->is_off) {
    status = below(vfs)->xDelete(below(vfs), path, sync_folder);
    record_t *record = record_of(layer, path);
    if (record) record_clear(record);
  }
  pthread_mutex_unlock(&mutex);
  return status;
}

static int x_access(sqlite3_vfs *vfs, const char *path, int flags, int *out) {
  return below(vfs)->xAccess(below(vfs), path, flags, out);
}

int ctestvfs_register(const char *name) {
  layer_t *layer = calloc(1, sizeof *layer);
  if (!layer) return SQLITE_NOMEM;
  sqlite3_vfs *system = sqlite3_vfs_find(NULL);
  layer->vfs = *system;
  layer->vfs.pNext = NULL;
  layer->vfs.zName = strdup(name);
  layer->vfs.pAppData = system;
  layer->vfs.szOsFile = (int)sizeof(file_t) + system->szOsFile;
  layer->vfs.xOpen = x_open;
  layer->vfs.xDelete = x_delete;
  layer->vfs.xAccess = x_access;
  pthread_mutex_lock(&mutex);
  layer->next = layers;
  layers = layer;
  pthread_mutex_unlock(&mutex);
  return sqlite3_vfs_register(&layer->vfs, 0);
}

void ctestvfs_cut_power(const char *name, long after, uint64_t seed) {
  pthread_mutex_lock(&mutex);
  layer_t *layer = find(name);
  layer->cut_at = layer->calls + after;
  layer->seed = seed;
  pthread_mutex_unlock(&mutex);
}

void ctestvfs_cut_power_now(const char *name, uint64_t seed) {
  pthread_mutex_lock(&mutex);
  layer_t *layer = find(name);
  layer->seed = seed;
  turn_off(layer, NULL);
  pthread_mutex_unlock(&mutex);
}

void ctestvfs_when_cut(const char *name, void (*then)(const char *path)) {
  pthread_mutex_lock(&mutex);
  find(name)->when_cut = then;
  pthread_mutex_unlock(&mutex);
}

void ctestvfs_restore_power(const char *name) {
  pthread_mutex_lock(&mutex);
  layer_t *layer = find(name);
  for (record_t *r = layer->records; r; r = r->next) record_clear(r);
  layer->is_off = 0;
  layer->cut_at = 0;
  layer->fail_count = 0;
  pthread_mutex_unlock(&mutex);
}

void ctestvfs_fail(const char *name, ctestvfs_fault_t fault, long after, long count) {
  pthread_mutex_lock(&mutex);
  layer_t *layer = find(name);
  layer->fault = fault;
  layer->fail_from = after;
  layer->fail_count = count;
  pthread_mutex_unlock(&mutex);
}

long ctestvfs_calls(const char *name) {
  pthread_mutex_lock(&mutex);
  long calls = find(name)->calls;
  pthread_mutex_unlock(&mutex);
  return calls;
}

long ctestvfs_largest_log(const char *name) {
  pthread_mutex_lock(&mutex);
  long bytes = find(name)->largest_log;
  pthread_mutex_unlock(&mutex);
  return bytes;
}

int ctestvfs_is_off(const char *name) {
  pthread_mutex_lock(&mutex);
  int is_off = find(name)->is_off;
  pthread_mutex_unlock(&mutex);
  return is_off;
}
