export type Locale = 'zh' | 'en'

const zh = {
  title: '测试报告',
  overall: '【总体统计】',
  total: '总请求数',
  succeeded: '成功',
  failed: '失败',
  duration: '总耗时',
  throughput: '吞吐量',
  completedThroughput: '成功吞吐量',
  ttft: '【首Token时间 (TTFT)】',
  totalTime: '【总耗时】',
  rate: '【生成速率】',
  min: '最小值',
  max: '最大值',
  mean: '平均值',
  median: '中位数',
  stddev: '标准差',
  failures: '【失败详情】',
  times: '次',
  firstToken: '首token',
  done: '完成',
  events: '事件',
  progress: '进度',
  elapsed: '已用时',
}

const en: typeof zh = {
  title: 'Test report',
  overall: '[Overall]',
  total: 'requests',
  succeeded: 'succeeded',
  failed: 'failed',
  duration: 'duration',
  throughput: 'throughput',
  completedThroughput: 'completed',
  ttft: '[Time to first token (TTFT)]',
  totalTime: '[Total time]',
  rate: '[Generation rate]',
  min: 'min',
  max: 'max',
  mean: 'mean',
  median: 'median',
  stddev: 'stddev',
  failures: '[Failures]',
  times: '×',
  firstToken: 'first token',
  done: 'done',
  events: 'events',
  progress: 'progress',
  elapsed: 'elapsed',
}

/** Labels of the seed formats. */
export const seedWords: Readonly<Record<Locale, Readonly<Record<keyof typeof zh, string>>>> = {
  zh,
  en,
}
