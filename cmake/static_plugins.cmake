# MODELSIG_STATIC_PLUGINS: the built-in plugins inside the program, for containers and for where no library can be loaded.
# Each stays what it is, an island that shows two symbols: its objects are linked into one, the two get the plugin's name
# behind them, all others become its own. The program finds them through the same descriptors, ahead of all folders.
function(modelsig_link_plugins)
  get_property(plugins GLOBAL PROPERTY MODELSIG_PLUGINS)
  find_program(MODELSIG_OBJCOPY NAMES objcopy REQUIRED)
  set(objects)
  set(declarations)
  set(entries)
  foreach(plugin ${plugins})
    set(object ${CMAKE_BINARY_DIR}/linked/${plugin}.o)
    add_custom_command(OUTPUT ${object} DEPENDS $<TARGET_OBJECTS:${plugin}> COMMAND_EXPAND_LISTS VERBATIM
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/linked
      COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o ${object}.whole $<TARGET_OBJECTS:${plugin}>
      COMMAND ${MODELSIG_OBJCOPY} --redefine-sym modelsig_plugin_v1=modelsig_plugin_v1_${plugin} --redefine-sym modelsig_manifest=modelsig_manifest_${plugin} ${object}.whole
      COMMAND ${MODELSIG_OBJCOPY} --keep-global-symbol=modelsig_plugin_v1_${plugin} --keep-global-symbol=modelsig_manifest_${plugin} ${object}.whole ${object})
    list(APPEND objects ${object})
    get_target_property(libraries ${plugin} LINK_LIBRARIES)
    set_property(GLOBAL APPEND PROPERTY MODELSIG_LINKED_LIBRARIES ${libraries})
    string(APPEND declarations "extern const ms_plugin modelsig_plugin_v1_${plugin};\nextern const char modelsig_manifest_${plugin}[];\n")
    string(APPEND entries "      {&modelsig_plugin_v1_${plugin}, modelsig_manifest_${plugin}},\n")
  endforeach()
  add_custom_target(linked_plugins DEPENDS ${objects})
  set_property(GLOBAL PROPERTY MODELSIG_LINKED_OBJECTS ${objects})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/linked/linked_plugins.cpp @ONLY CONTENT
"#include \"tools/modelsig/linked_plugins.hpp\"
extern \"C\" {
@declarations@}
namespace modelsig::cli {
std::vector<StaticPlugin> linked_plugins() {
  return {
@entries@  };
}
}  // namespace modelsig::cli
")
endfunction()
