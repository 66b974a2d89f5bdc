#include "memory.h"

#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Pages that cannot be written are as they are in their file; whoever needs one finds it in the
 * page cache again. Segments that can be written hold relocations and are left alone. */
static int release(struct dl_phdr_info *image, size_t size, void *context) {
  (void)size;
  uintptr_t page = *(const uintptr_t *)context;
  if (strncmp(image->dlpi_name, "linux-vdso", 10) == 0) return 0;
  for (int place = 0; place < image->dlpi_phnum; place++) {
    const ElfW(Phdr) *segment = &image->dlpi_phdr[place];
    if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
    uintptr_t start = (image->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    uintptr_t end = image->dlpi_addr + segment->p_vaddr + segment->p_filesz;
    madvise((void *)start, ((end + page - 1) & ~(page - 1)) - start, MADV_DONTNEED);
  }
  return 0;
}

void cshims_release_start_pages(void) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  dl_iterate_phdr(release, &page);
  malloc_trim(0);
}
