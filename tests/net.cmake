# Networks and ONNX; bo_wrap_alloc comes from base.cmake.
bo_test(net bo_net)
bo_test(net_reference bo_net)
foreach(name net net_reference)
  target_sources(test_${name} PRIVATE random_net.c)
  target_link_libraries(test_${name} PRIVATE m)
endforeach()
bo_wrap_alloc(test_net_reference)

# Quantisation, arrays and datasets.
bo_test(quant bo_net m)
bo_test(npy bo_base PkgConfig::ZIP)
bo_wrap_alloc(test_npy)
bo_test(dataset bo_net ZLIB::ZLIB)
bo_wrap_alloc(test_dataset)

# ONNX: the reader, the reference operators, and these against ONNX's own test data.
set(BO_ONNX_TESTDATA /usr/share/libonnx-testdata/data
  CACHE PATH "Folder of ONNX's test data, with node/ in it")
bo_test(tensor bo_net)
bo_test(onnx_model bo_net)
bo_test(onnx_ops bo_net m)
bo_test(onnx_node bo_net m)
foreach(name tensor onnx_model onnx_ops)
  bo_wrap_alloc(test_${name})
endforeach()
foreach(name onnx_model onnx_ops)
  target_sources(test_${name} PRIVATE onnx_writer.c)
endforeach()
target_compile_definitions(test_onnx_node PRIVATE BO_ONNX_TESTDATA="${BO_ONNX_TESTDATA}")

# ONNX import: graphs built in memory, against the interpreter.
foreach(name onnx_import import_refusals import_random onnx_export)
  bo_test(${name} bo_net bo_onnx_proto m)
  target_sources(test_${name} PRIVATE onnx_builder.c random_net.c random_onnx.c random_onnx_parts.c)
endforeach()
foreach(name onnx_import import_refusals)
  target_sources(test_${name} PRIVATE import_graphs.c)
endforeach()
bo_wrap_alloc(test_onnx_import)
bo_wrap_alloc(test_onnx_export)
