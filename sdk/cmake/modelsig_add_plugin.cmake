# modelsig_add_plugin(NAME MANIFEST file.toml SOURCES a.cpp ... [LIBRARIES ...])
# A shared library that exports modelsig_plugin_v1 and modelsig_manifest and nothing else, with every
# symbol resolved at link time (an undefined one would otherwise kill the process at its first call).
set(MODELSIG_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(modelsig_embed_manifest toml out)
  file(READ ${toml} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
"#include <modelsig/abi.h>
const char modelsig_manifest[] = {
@bytes@0};
")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${toml})
endfunction()

function(modelsig_add_plugin name)
  cmake_parse_arguments(PLUGIN "" "MANIFEST" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT PLUGIN_MANIFEST OR NOT PLUGIN_SOURCES)
    message(FATAL_ERROR "modelsig_add_plugin(${name}): MANIFEST and SOURCES are needed")
  endif()
  get_filename_component(manifest ${PLUGIN_MANIFEST} ABSOLUTE)
  modelsig_embed_manifest(${manifest} ${CMAKE_CURRENT_BINARY_DIR}/${name}_manifest.c)
  enable_language(C)
  add_library(${name} MODULE ${PLUGIN_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/${name}_manifest.c)
  target_link_libraries(${name} PRIVATE modelsig::sdk ${PLUGIN_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY MODELSIG_PLUGINS ${name})
  set(map ${MODELSIG_CMAKE_DIR}/plugin.map)
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${map})
  target_link_options(${name} PRIVATE -Wl,--version-script=${map} -Wl,--no-undefined-version)
  if(NOT MODELSIG_SANITIZE)  # a sanitizer's own symbols come from the executable
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  if(DEFINED MODELSIG_PLUGIN_OUTPUT_DIR)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${MODELSIG_PLUGIN_OUTPUT_DIR})
  endif()
endfunction()
